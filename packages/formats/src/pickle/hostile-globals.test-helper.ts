/**
 * Globals with which scanners were got round or that run code by themselves: from the advisories of picklescan, fickling and
 * modelscan, and from published lists of gadgets.
 */
export const hostileGlobals: readonly (readonly [module: string, name: string])[] = `
os system;posix system;nt system;os popen;os execv;os.path join;subprocess Popen;subprocess check_output;commands getoutput
builtins eval;builtins exec;builtins compile;builtins __import__;builtins getattr;builtins open;builtins globals
__builtin__ eval;__builtin__ execfile;__builtin__ apply;pty spawn;runpy _run_code;runpy run_path;timeit timeit
cProfile run;cProfile runctx;profile Profile.run;bdb Bdb.run;pdb run;code InteractiveInterpreter.runcode;doctest debug_script
idlelib.pyshell ModifiedInterpreter.runcode;lib2to3.pgen2.grammar Grammar.loads;pydoc pipepager;pydoc tempfilepager;pip main
pip._internal main;asyncio.unix_events _UnixSubprocessTransport._start;ensurepip _run_pip;distutils.file_util write_file
shutil rmtree;socket create_connection;urllib.request urlopen;urllib.request urlretrieve;http.client HTTPSConnection
webbrowser open;importlib import_module;imp load_source;pkgutil resolve_name;operator attrgetter;operator methodcaller
functools partial;functools reduce;types CodeType;types FunctionType;marshal loads;pickle loads;_pickle loads;cPickle loads
ctypes CDLL;ctypes.util find_library;multiprocessing.util spawnv_passfds;numpy.testing._private.utils runstring
numpy.f2py.crackfortran getlincoef;numpy.f2py.crackfortran param_eval;numpy load;numpy.core._internal __dict__
numpy.distutils.exec_command exec_command;torch load;torch.hub load;torch.jit.unsupported_tensor_ops execWrapper
torch.utils._config_module ConfigModule.load_config;torch.utils.bottleneck.__main__ run_cprofile;torch.utils.collect_env run
torch._dynamo.guards GuardBuilder.get;torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression
torch.serialization load;torch._inductor.codecache compile_file;torch.cuda.memory _record_memory_history_impl;pandas eval
joblib load;dill loads;cloudpickle.cloudpickle _make_skel_func;uuid _get_command_stdout;imaplib IMAP4_stream
_pyrepl.pager pipe_pager;_osx_support _find_build_tool;_aix_support _read_cmd_output;test.support.script_helper assert_python_ok
trace Trace.run;linecache getlines;logging.config fileConfig;ssl get_server_certificate;smtplib SMTP;site addsitedir
sys setprofile;sys modules;gc get_objects;codeop compile_command;venv create;zipimport zipimporter;io open;_io FileIO
tempfile mktemp;glob glob;platform popen;weakref finalize;atexit register;threading Thread;signal signal;mmap mmap
tensorflow.python.keras.layers Lambda;keras.layers.core Lambda;yaml unsafe_load;jinja2 Template;requests get;ｏｓ system
`
  .trim()
  .split(/[;\n]/)
  .map((line) => {
    const [module = '', name = ''] = line.split(' ');
    return [module, name] as const;
  });

/** Of other packages: they run code that nobody here knows. */
export const foreignGlobals: readonly (readonly [module: string, name: string])[] = [
  ['evil_package', 'run'],
  ['__main__', 'Model'],
  ['models.yolo', 'Model'],
  ['torch.nn.modules.linear', 'Linear'],
  ['torch.optim.adam', 'Adam'],
  ['__torch__', 'Module'],
  ['pytorch_lightning.callbacks.model_checkpoint', 'ModelCheckpoint'],
  ['omegaconf.dictconfig', 'DictConfig'],
];
